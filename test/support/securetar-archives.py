"""Writes backups in the ways of all releases of Home Assistant's archiver since 2022, without any code of it or of Sparekey.

usage: securetar-archives.py KEY FOLDER

Each is called STYLE_KIND_SIZE.tar, SIZE bytes of noise in the larger of its two archives. Prints as JSON what the file
`data/noise` of each must come to (SHA-256).
"""
import hashlib, io, json, os, random, sys, tarfile
sys.dont_write_bytecode = True
from securetar_styles import padded_v1, short_v2, v1, v2, v3

key, folder = sys.argv[1].encode(), sys.argv[2]
sizes = [0, 1, 500, *range(1000, 1017), 2**20 - 1, 2**20, 2**20 + 1]

class Pieces:
    """Takes what tarfile writes, piece by piece, as it comes."""
    def __init__(self): self.pieces = []
    def write(self, piece): self.pieces.append(bytes(piece))

def pieces_of(is_gzip, size, seed):
    noise = random.Random(seed).randbytes(size)
    out = Pieces()
    with tarfile.open(fileobj=out, mode='w|gz' if is_gzip else 'w|', bufsize=10240) as tar:
        for name, content in {'data/configuration.yaml': b'default_config:\n', 'data/noise': noise}.items():
            info = tarfile.TarInfo(name); info.size = len(content); tar.addfile(info, io.BytesIO(content))
    return out.pieces, hashlib.sha256(noise).hexdigest()

styles = {'v1': v1, 'v1padded': padded_v1, 'v2short': short_v2, 'v2': v2, 'v3': v3}


noises = {}
for style, seal in styles.items():
    for is_gzip in (False, True):
        for size in sizes if is_gzip else [0, 1000, 2**20]:
            name = f"{style}_{'gz' if is_gzip else 'plain'}_{size}.tar"
            facts = {'slug': name[:-4], 'name': name, 'date': '2024-01-02T03:04:05+00:00', 'type': 'full', 'protected': True, 'crypto': 'aes128'}
            with tarfile.open(os.path.join(folder, name), 'w', format=tarfile.PAX_FORMAT) as out:
                def add(member, content, records={}):
                    info = tarfile.TarInfo(member); info.size = len(content)
                    info.mtime, info.pax_headers = 1704164645.5, records
                    out.addfile(info, io.BytesIO(content))
                for slug, bytes_in_it in (('./core_ssh', 7), ('./homeassistant', size)):
                    pieces, digest = pieces_of(is_gzip, bytes_in_it, f'{name}{slug}')
                    sealed = seal(key, pieces)
                    about = {'_securetar.plaintext_size': str(len(sealed)), '_securetar.version': '2.0'} if style == 'v1padded' else {}
                    add(slug + ('.tar.gz' if is_gzip else '.tar'), sealed, about)
                # The Supervisor comes to this last.
                add('./backup.json', json.dumps(facts).encode())
            noises[name] = digest
print(json.dumps(noises))
