"""silent-disk.py FOLDER IMAGE HANGS: a FUSE file system with one file, `disk`, which is IMAGE. Once HANGS exists, reading
is never answered: as a disk that dies. The protocol is that of linux/fuse.h."""
import ctypes, os, struct, sys

folder, image, hangs = sys.argv[1:4]
fuse = os.open('/dev/fuse', os.O_RDWR)
libc = ctypes.CDLL(None, use_errno=True)
options = f'fd={fuse},rootmode=40000,user_id=0,group_id=0'.encode()
if libc.mount(b'silent', folder.encode(), b'fuse', 0, options) != 0:
    sys.exit(os.strerror(ctypes.get_errno()))
print('mounted', flush=True)
disk = os.open(image, os.O_RDONLY)
size = os.fstat(disk).st_size

LOOKUP, FORGET, GETATTR, OPEN, READ, STATFS, RELEASE, INIT, OPENDIR, INTERRUPT = 1, 2, 3, 14, 15, 17, 18, 26, 27, 36


def attributes(node):
    mode, length = (0o040755, 0) if node == 1 else (0o100644, size)
    return struct.pack('<6Q3I7I', node, length, (length + 511) // 512, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


while True:
    try:
        request = os.read(fuse, 1 << 20)
    except OSError:
        break
    length, opcode, unique, node = struct.unpack_from('<IIQQ', request)
    body, error = request[40:length], 0
    answer = b''
    if opcode == INIT:
        answer = struct.pack('<IIIIHHII', 7, 31, 65536, 0, 12, 10, 131072, 1) + bytes(32)
    elif opcode == LOOKUP:
        if body.rstrip(b'\0') == b'disk':
            answer = struct.pack('<QQQQII', 2, 0, 60, 60, 0, 0) + attributes(2)
        else:
            error = -2
    elif opcode == GETATTR:
        answer = struct.pack('<QII', 60, 0, 0) + attributes(node)
    elif opcode in (OPEN, OPENDIR):
        answer = struct.pack('<QII', 1, 1, 0)
    elif opcode == READ:
        if os.path.exists(hangs):
            continue
        _, offset, count = struct.unpack_from('<QQI', body)
        answer = os.pread(disk, count, offset)
    elif opcode in (FORGET, INTERRUPT):
        continue
    elif opcode not in (RELEASE,):
        error = -38
    os.write(fuse, struct.pack('<IiQ', 16 + len(answer), error, unique) + answer)
