"""Writes backups as Home Assistant itself has spoilt them: sizes that are wrong in the header, ends that are missing.

usage: damaged-backups.py KEY FOLDER

Prints as JSON, for each, the SHA-256 of the archives that are whole in it, by name.
"""
import hashlib, io, json, os, sys, tarfile
sys.dont_write_bytecode = True
from securetar_styles import v1, v2, v3

key, folder = sys.argv[1].encode(), sys.argv[2]

class Pieces(list):
    write = list.append
    def __bool__(self): return True

def archive(size, is_gzip=True):
    pieces = Pieces()
    with tarfile.open(fileobj=pieces, mode='w|gz' if is_gzip else 'w|', bufsize=10240) as tar:
        info = tarfile.TarInfo('data/noise'); info.size = size; tar.addfile(info, io.BytesIO(os.urandom(size)))
    return [bytes(piece) for piece in pieces]

def member(name, content, claimed=None):
    info = tarfile.TarInfo(name); info.size = len(content) if claimed is None else claimed; info.mtime = 1704164645.5
    return info.tobuf(tarfile.PAX_FORMAT) + content + bytes(-len(content) % 512)

seals = {'plaingz': lambda key, pieces: b''.join(pieces), 'plaintar': lambda key, pieces: b''.join(pieces), 'v1': v1, 'v2': v2, 'v3': v3}
expected = {}
for style, seal in seals.items():
    ext = '.tar' if style == 'plaintar' else '.tar.gz'
    contents = {f'./{slug}{ext}': seal(key, archive(size, ext == '.tar.gz')) for slug, size in
                {'core_ssh': 3000, 'homeassistant': 400_000, 'share': 250_000, 'a0d7b954_grafana': 1}.items()}
    facts = json.dumps({'slug': 'a', 'name': 'A', 'date': '2024', 'type': 'full', 'protected': not style.startswith('plain')}).encode()
    core, home, share, grafana = contents
    whole = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}

    def put(kind, claims={}, has_facts=True, cut=0, spoil=None, lost=()):
        parts = [member(name, content, claims.get(name)) for name, content in contents.items()]
        if spoil: parts[spoil] = bytes(300) + parts[spoil][300:512] + bytes(10) + parts[spoil][522:]
        tail = (member('./backup.json', facts) if has_facts else b'') + bytes(1024)
        data = b''.join(parts) + tail
        name = f'{kind}-{style}.tar'
        open(os.path.join(folder, name), 'wb').write(data[:len(data) - cut] if cut else data)
        expected[name] = {each: digest for each, digest in whole.items() if each not in lost}

    length = len(contents[home])
    put('too-large', {home: length + 165_682})
    put('too-small', {home: length - 100_000})
    put('zero', {home: 0})
    put('beyond-the-end', {share: 1 << 40})
    put('unfinished', has_facts=False, cut=1024)
    put('cut', has_facts=False, cut=1024 + len(member(grafana, contents[grafana])) + 100_000, lost=(share, grafana))
print(json.dumps(expected))
