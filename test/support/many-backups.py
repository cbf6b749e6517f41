"""Makes encrypted Home Assistant backups of many small archives.

usage: many-backups.py FOLDER BACKUPS ARCHIVES KEY
"""
import gzip, io, json, sys, tarfile
from securetar_styles import v2

folder, backups, archives, key = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4].encode()

def tar_of(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w') as tar:
        for name, content in members:
            info = tarfile.TarInfo(name); info.size = len(content); tar.addfile(info, io.BytesIO(content))
    return out.getvalue()

sealed = v2(key, [gzip.compress(tar_of([('data/file', b'x' * 100)]), mtime=0)])
for number in range(backups):
    facts = {'slug': f'{number:08x}', 'name': f'Backup {number}', 'date': '2026-10-01T02:03:04+00:00', 'type': 'full',
             'protected': True, 'compressed': True, 'crypto': 'aes128'}
    members = [('./backup.json', json.dumps(facts).encode())]
    members += [(f'./addon_{index}.tar.gz', sealed) for index in range(archives)]
    with open(f'{folder}/{number:08x}.tar', 'wb') as out:
        out.write(tar_of(members))
