"""Tells what is below a folder, by the kernel alone: ROOT. One JSON line for each name, sorted by name."""

import hashlib, json, os, stat, sys

root = os.fsencode(sys.argv[1])
text = lambda raw: raw.decode("latin-1")
kinds = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "symlink", stat.S_IFIFO: "fifo",
         stat.S_IFSOCK: "socket", stat.S_IFCHR: "character-device", stat.S_IFBLK: "block-device"}


def stretches(file, size):
    """Where data can be. A small file is read whole: of what lies in an inode some kernels tell no holes rightly."""
    at = 0
    while at < size:
        if size <= 1 << 24:
            yield 0, size
            return
        try:
            start = os.lseek(file, at, os.SEEK_DATA)
        except OSError:
            return
        at = os.lseek(file, start, os.SEEK_HOLE)
        yield start, at


def digest(path):
    """Of the content: of every sector that is not zeros, and its place."""
    sum = hashlib.sha256()
    with open(path, "rb", buffering=0) as file:
        for start, end in stretches(file.fileno(), os.fstat(file.fileno()).st_size):
            for position in range(start, end, 1 << 20):
                bytes = os.pread(file.fileno(), min(1 << 20, end - position), position)
                for offset in range(0, len(bytes), 512):
                    sector = bytes[offset:offset + 512]
                    if sector.strip(b"\0"):
                        sum.update(b"%d:" % (position + offset) + sector)
    return sum.hexdigest()


def tell(path):
    full = os.path.join(root, path)
    facts = os.lstat(full)
    kind = kinds[stat.S_IFMT(facts.st_mode)]
    line = {"path": text(path), "kind": kind, "mode": stat.S_IMODE(facts.st_mode), "uid": facts.st_uid, "gid": facts.st_gid,
            "links": facts.st_nlink, "mtime": str(facts.st_mtime_ns), "ctime": str(facts.st_ctime_ns)}
    line["attributes"] = sorted(
        [text(os.fsencode(name)), os.getxattr(full, name, follow_symlinks=False).hex()]
        for name in os.listxattr(full, follow_symlinks=False))
    if kind in ("file", "symlink"):
        line["size"] = facts.st_size
    if kind == "file":
        line["content"] = digest(full)
    if kind == "symlink":
        line["target"] = text(os.readlink(full))
    return line


def walk(path):
    yield tell(path)
    if stat.S_ISDIR(os.lstat(os.path.join(root, path)).st_mode):
        for name in sorted(os.listdir(os.path.join(root, path))):
            yield from walk(os.path.join(path, name) if path != b"." else name)


sys.setrecursionlimit(10000)
for line in sorted(walk(b"."), key=lambda line: line["path"]):
    print(json.dumps(line))
