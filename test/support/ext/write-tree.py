"""Fills a folder with a random tree: SEED ROOT [few]. The same seed makes the same tree; `few`: hardly any attributes, no vast holes, no links longer than a block."""

import errno, os, random, socket, struct, subprocess, sys

seed, root, few = int(sys.argv[1]), os.fsencode(sys.argv[2]), sys.argv[3:] == ["few"]
rng = random.Random(seed)
os.chdir(root)
folders = [b"."]
files = []
odd = bytes(set(range(1, 256)) - {0x2F})


def name():
    kind = rng.random()
    if kind < 0.7:
        length = rng.randint(1, 20)
        text = bytes(rng.choice(b"abcdefghijklmnopqrstuvwxyz0123456789._-") for _ in range(length))
    elif kind < 0.8:
        text = bytes(rng.choice(b"xyz") for _ in range(rng.choice([254, 255, 200, 100])))
    elif kind < 0.9:
        text = rng.choice(["Straße", "éa", "ÅNGSTRÖM", "日本語", "ｆｕｌｌ"]).encode() + b"%d" % rng.randint(0, 99)
    else:
        text = bytes(rng.choice(odd) for _ in range(rng.randint(1, 12)))
    return b"n" + text[1:] if text in (b".", b"..") else text


def trying(action):
    try:
        return action()
    except OSError as error:
        known = (errno.EEXIST, errno.ENOSPC, errno.EOPNOTSUPP, errno.EILSEQ, errno.EINVAL, errno.ERANGE, errno.ENAMETOOLONG,
                 errno.EMLINK, errno.ENOENT, errno.E2BIG, errno.EPERM, errno.EFBIG, errno.ENOTDIR, errno.EISDIR, errno.EOVERFLOW)
        if error.errno not in known:
            raise


def new(path):
    return not os.path.lexists(path)


def path():
    return os.path.join(rng.choice(folders), name())


def data(count):
    return rng.randbytes(count) if rng.random() < 0.7 else bytes([rng.randint(0, 255)]) * count


def make_folder():
    at = path()
    if new(at):
        os.mkdir(at)
        folders.append(at)


def make_casefolded():
    at = path()
    if new(at):
        os.mkdir(at)
        if subprocess.run(["chattr", "+F", "--", at], stderr=subprocess.DEVNULL).returncode == 0:
            folders.append(at)


def make_small():
    at = path()
    if new(at):
        with open(at, "wb") as file:
            file.write(data(rng.choice([0, 1, 10, 59, 60, 61, 100, 130, 150, 160, 200, 400, 1000, 4096, 5000])))
        files.append(at)


def make_large():
    at = path()
    if new(at):
        with open(at, "wb") as file:
            file.write(data(rng.randint(1, 600_000)))
        files.append(at)


def make_sparse():
    at = path()
    if new(at):
        with open(at, "wb") as file:
            step = rng.choice([3000, 8192, 70_000, 70_000 if few else 3_000_000])
            for _ in range(rng.choice([2, 6, 60, 60 if few else 400])):
                file.seek(rng.randint(0, step), 1)
                file.write(data(rng.choice([1, 100, 1024, 5000])))
            if rng.random() < 0.5:
                file.truncate(file.tell() + rng.randint(0, 1 << rng.choice([10, 20, 20 if few else 33])))
        files.append(at)


def make_reserved():
    at = path()
    if new(at):
        with open(at, "w+b") as file:
            file.write(data(rng.randint(0, 9000)))
            file.flush()
            os.posix_fallocate(file.fileno(), rng.randint(0, 20_000), rng.randint(1, 300_000))
            for _ in range(rng.randint(0, 4)):
                os.pwrite(file.fileno(), data(rng.randint(1, 5000)), rng.randint(0, 200_000))
        files.append(at)


def make_scattered():
    pair = [path(), path()]
    if pair[0] != pair[1] and all(map(new, pair)):
        handles = [open(at, "wb", buffering=0) for at in pair]
        for _ in range(rng.choice([5, 40])):
            for handle in handles:
                handle.write(data(rng.choice([512, 4096])))
                os.fsync(handle.fileno())
        for handle in handles:
            handle.close()
        files.extend(pair)


def make_many():
    at = path()
    if new(at):
        os.mkdir(at)
        count = rng.choice([30, 300, 1500])
        for number in range(count):
            kind = number % 7
            each = at + b"/" + (b"%05d-" % number) * rng.choice([1, 1, 6])
            if kind == 0 and files:
                trying(lambda: os.link(rng.choice(files), each))
            elif kind == 1:
                os.symlink(b"t" * rng.randint(1, 80), each)
            else:
                os.close(os.open(each, os.O_CREAT | os.O_WRONLY, 0o640))
        names = os.listdir(at)
        for each in rng.sample(names, rng.randint(0, len(names) // 2)):
            os.unlink(at + b"/" + each)


def make_link():
    at = path()
    if new(at):
        os.symlink(data(rng.choice([1, 20, 58, 59, 60, 61, 100, 900, 900 if few else 1023, 900 if few else 4000])).replace(b"\0", b"x"), at)


def make_odd():
    at = path()
    if new(at):
        kind = rng.randint(0, 3)
        if kind == 0:
            os.mkfifo(at, 0o600)
        elif kind == 1:
            os.mknod(at, 0o020644, os.makedev(rng.choice([1, 300]), rng.choice([3, 70000])))
        elif kind == 2:
            os.mknod(at, 0o060644, os.makedev(8, 1))
        elif len(at) < 100:
            socket.socket(socket.AF_UNIX).bind(at)


def hard_link():
    if files:
        at = path()
        if new(at):
            os.link(rng.choice(files), at)


def anything():
    return rng.choice(files or folders) if rng.random() < 0.7 else rng.choice(folders)


def set_attributes():
    at = anything()
    if few:
        return trying(lambda: os.setxattr(at, rng.choice([b"user.one", b"trusted.one"]), data(20)))
    for _ in range(rng.choice([1, 1, 3, 12])):
        space = rng.choice([b"user.", b"user.", b"trusted.", b"security."])
        label = space + bytes(rng.choice(b"abcdeXYZ\xe9") for _ in range(rng.randint(1, rng.choice([5, 60]))))
        size = rng.choice([0, 1, 3, 4, 20, 70, 300, 900, 1500, 3000, 9000, 30000])
        trying(lambda: os.setxattr(at, label, data(size)))


def set_list():
    at = anything()
    entries = [(0x01, rng.randint(0, 7), 0xFFFFFFFF)]
    for user in sorted(rng.sample(range(1000, 2000), rng.randint(1, 6))):
        entries.append((0x02, rng.randint(0, 7), user))
    entries.append((0x04, rng.randint(0, 7), 0xFFFFFFFF))
    for group in sorted(rng.sample(range(1000, 70000), rng.randint(0, 3))):
        entries.append((0x08, rng.randint(0, 7), group))
    entries += [(0x10, 7, 0xFFFFFFFF), (0x20, rng.randint(0, 7), 0xFFFFFFFF)]
    value = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
    label = b"system.posix_acl_default" if os.path.isdir(at) and rng.random() < 0.5 else b"system.posix_acl_access"
    trying(lambda: os.setxattr(at, label, value))


def set_times():
    at = anything()
    seconds = rng.choice([0, -2**31, -1, 2**31 - 1, 2**31, 2**32 + 5, 15032385535, rng.randint(0, 2**33)])
    trying(lambda: os.utime(at, ns=(seconds * 10**9 + rng.randint(0, 999_999_999), seconds * 10**9 + rng.randint(0, 999_999_999))))


def set_owner():
    at = anything()
    os.chown(at, rng.choice([0, 1000, 65535, 65536, 4_000_000_000]), rng.choice([0, 1000, 70000]))
    os.chmod(at, rng.randint(0, 0o7777) | 0o400)


def rename():
    if files:
        index = rng.randrange(len(files))
        at = path()
        if new(at):
            os.rename(files[index], at)
            files[index] = at


def remove():
    if files:
        os.unlink(files.pop(rng.randrange(len(files))))


def cut():
    if files:
        at = rng.choice(files)
        with open(at, "r+b") as file:
            file.truncate(rng.randint(0, 20000))


weighted = (
    [make_folder] * 3 + [make_small] * 8 + [make_large, make_sparse, make_reserved, make_link, make_link, make_odd, hard_link]
    + [set_attributes] * 4 + [set_list, set_list, set_times, set_owner, rename, remove, cut, make_casefolded]
)
for _ in range(rng.choice([10, 60, 200])):
    trying(rng.choice(weighted))
trying(rng.choice([make_many, make_scattered, make_small]))
for _ in range(10):
    trying(rng.choice(weighted))
