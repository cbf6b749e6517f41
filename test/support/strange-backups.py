"""Writes backups that are not as they should be.

usage: strange-backups.py KEY FOLDER
"""
import io, json, os, sys, tarfile
sys.dont_write_bytecode = True
from securetar_styles import v1, v2, v3

key, folder = sys.argv[1].encode(), sys.argv[2]
protected = {'slug': 'a', 'name': 'A', 'type': 'full', 'protected': True}
styles = {'v1': v1, 'v2': v2, 'v3': v3}

class Pieces(list):
    def __bool__(self): return True
    write = list.append

def archive(*sizes, is_gzip=True):
    pieces = Pieces()
    with tarfile.open(fileobj=pieces, mode='w|gz' if is_gzip else 'w|', bufsize=10240) as tar:
        for index, size in enumerate(sizes):
            info = tarfile.TarInfo(f'data/{index}'); info.size = size; tar.addfile(info, io.BytesIO(os.urandom(size)))
    return [bytes(piece) for piece in pieces]

def backup(name, members, facts=protected, format=tarfile.PAX_FORMAT, cut=None):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w', format=format) as tar:
        for member, content in members + ([] if facts is None else [('./backup.json', json.dumps(facts).encode())]):
            info = tarfile.TarInfo(member); info.size = len(content); info.mtime = 1.5; tar.addfile(info, io.BytesIO(content))
        end = tar.offset
    whole = out.getvalue()
    open(os.path.join(folder, name + '.tar'), 'wb').write(whole if cut is None else whole[:cut(end)])

for style, seal in styles.items():
    two = [('./core_ssh.tar.gz', seal(key, archive(9))), ('./homeassistant.tar.gz', seal(key, archive(50_000)))]
    # The power went: in the middle of the second archive, and right behind it.
    backup(f'cut-within-{style}', two, None, cut=lambda end: end - 20_000)
    backup(f'cut-behind-{style}', two, None, cut=lambda end: end)
    # It says that it is not encrypted; it is.
    backup(f'lying-{style}', two, {**protected, 'protected': False})
    backup(f'spoilt-json-{style}', two + [('./backup.json', b'{"slug": "a", ')], None)
    backup(f'other-key-{style}', [('./homeassistant.tar.gz', seal(b'another key', archive(9)))])

for style, seal in {'v2': v2, 'v3': v3}.items():
    for kind in ('gz', 'plain'):
        pieces = archive(50_000, is_gzip=kind == 'gz')
        ext = '.tar.gz' if kind == 'gz' else '.tar'
        backup(f'claims-10-{style}-{kind}', [(f'./homeassistant{ext}', seal(key, pieces, 10))])
backup('claims-too-much', [('./homeassistant.tar.gz', v2(key, archive(50_000), 60_000))])
# The member itself was cut, and the tar around it says so truly.
backup('claims-10-and-cut', [('./homeassistant.tar.gz', v2(key, archive(50_000), 10)[:-160])])
backup('newer', [('./homeassistant.tar.gz', b'SecureTar\4' + bytes(2000))])
backup('twice', [('./homeassistant.tar.gz', v2(key, archive(9))), ('./homeassistant.tar.gz', v1(key, archive(9, 9)))])
backup('half', [('./core_ssh.tar.gz', b''.join(archive(9))), ('./homeassistant.tar.gz', v1(key, archive(9)))])
flipped = bytearray(v1(key, archive(50_000))); flipped[20_000] ^= 1
backup('flipped-v1', [('./homeassistant.tar.gz', bytes(flipped))])
flipped = bytearray(v3(key, archive(50_000))); flipped[20_000] ^= 1
backup('flipped-v3', [('./homeassistant.tar.gz', bytes(flipped))])
long = './' + 'a' * 140 + '.tar.gz'
backup('long-name-gnu', [(long, v2(key, archive(9)))], format=tarfile.GNU_FORMAT)
backup('long-name-pax', [(long, v2(key, archive(9)))])

# A member of 9 GiB, all hole: its size stands in the pax record alone (Python, and so the Supervisor, write 0 in the field).
with open(os.path.join(folder, 'vast.tar'), 'wb') as out:
    info = tarfile.TarInfo('./core_mariadb.tar.gz'); info.size, info.mtime = 9 << 30, 1.5
    out.write(info.tobuf(tarfile.PAX_FORMAT)); out.seek(info.size, 1)
    facts = json.dumps({**protected, 'protected': False, 'name': 'Vast'}).encode()
    info = tarfile.TarInfo('./backup.json'); info.size = len(facts)
    out.write(info.tobuf(tarfile.PAX_FORMAT) + facts.ljust(512, b'\0') + bytes(1024))
