"""
Writes the metadata that makes a disk or an image a member of a RAID, as mdadm and RAID firmware leave it, without
assembling anything: raid-superblock.py KIND PATH. What blkid makes of it is the judge.
"""

import os
import struct
import sys


def size_of(file):
    return file.seek(0, os.SEEK_END)


def write_at(file, offset, data):
    file.seek(offset)
    file.write(data)


def linux_1(file, at_end):
    """md superblock version 1.0 (8 to 12 KiB before the end) or 1.2 (4 KiB after the start); linux/raid/md_p.h."""
    sectors = size_of(file) // 512
    offset = (sectors - 16) & ~7 if at_end else 8
    devices = 2
    head = struct.pack(
        "<IIII16s32sQIIQIII", 0xA92B4EFC, 1, 0, 0, bytes(range(16)), b"old:0", 0, 1, 0, sectors - 16, 0, devices, 0
    )
    array = head.ljust(128, b"\0")
    data_offset, data_size = (0, offset) if at_end else (2048, sectors - 2048)
    device = struct.pack("<QQQQII16s", data_offset, data_size, offset, 0, 0, 0, bytes(range(16, 32)))
    device = device.ljust(64, b"\0")
    state = struct.pack("<QQQII", 0, 1, 2**64 - 1, 0, devices).ljust(64, b"\0")
    roles = struct.pack("<HH", 0, 1)
    body = array + device + state + roles
    words = struct.unpack(f"<{len(body) // 4}I", body)
    total = sum(words)
    checksum = ((total & 0xFFFFFFFF) + (total >> 32)) & 0xFFFFFFFF
    body = body[:216] + struct.pack("<I", checksum) + body[220:]
    write_at(file, offset * 512, body.ljust(4096, b"\0"))


def linux_0_90(file):
    """The old superblock, 64 to 128 KiB before the end."""
    size = size_of(file)
    offset = (size & ~0xFFFF) - 0x10000
    fields = [0xA92B4EFC, 0, 90, 0, 0, 0x11111111, 0, 1, offset // 1024, 2, 2, 0, 0, 0x22222222, 0x33333333, 0x44444444]
    write_at(file, offset, struct.pack(f"<{len(fields)}I", *fields).ljust(4096, b"\0"))


def intel(file):
    """Intel Rapid Storage: the signature in the sector before the last."""
    offset = (size_of(file) // 512 - 2) * 512
    write_at(file, offset, b"Intel Raid ISM Cfg Sig. 1.1.00\0".ljust(512, b"\0"))


def ddf(file):
    """SNIA DDF: the anchor header in the last sector."""
    offset = size_of(file) - 512
    header = struct.pack(">II24s8s", 0xDE11DE11, 0, b"Linux-MD" + bytes(16), b"01.02.00")
    primary = size_of(file) // 512 - 64
    header = header.ljust(96, b"\0") + struct.pack(">QQ", primary, primary)
    write_at(file, offset, header.ljust(512, b"\xff"))
    write_at(file, primary * 512, header.ljust(512, b"\xff"))


kinds = {
    "linux-1.0": lambda file: linux_1(file, True),
    "linux-1.2": lambda file: linux_1(file, False),
    "linux-0.90": linux_0_90,
    "intel": intel,
    "ddf": ddf,
}

with open(sys.argv[2], "r+b") as target:
    kinds[sys.argv[1]](target)
