"""Makes an encrypted Home Assistant backup of one archive.

usage: home-assistant-backup.py VERSION KEY FILE

VERSION is 0 for none, 1 (as 2025.1.0 wrote it), 2 or 3. Prints the SHA-256 of the archive before it was encrypted.
"""
import gzip, hashlib, io, json, os, sys, tarfile
sys.dont_write_bytecode = True
from securetar_styles import padded_v1, v2, v3

version, key, path = int(sys.argv[1]), sys.argv[2].encode(), sys.argv[3]

def tar_of(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w') as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name); info.size = len(content); tar.addfile(info, io.BytesIO(content))
    return out.getvalue()

plain = gzip.compress(tar_of({'data/configuration.yaml': b'default_config:\n', 'data/noise': bytes(range(256)) * 4096 + os.urandom(3_000_000)}), mtime=0)
sealed = {0: lambda key, pieces: plain, 1: padded_v1, 2: v2, 3: v3}[version](key, [plain])
facts = {'slug': f'abcd000{version}', 'name': f'Backup {version}', 'date': '2026-10-01T02:03:04+00:00', 'type': 'full',
         'protected': version > 0, 'compressed': True, 'crypto': 'aes128' if version > 0 else None}
with open(path, 'wb') as out:
    out.write(tar_of({'./backup.json': json.dumps(facts).encode(), './homeassistant.tar.gz': sealed}))
print(hashlib.sha256(plain).hexdigest())
