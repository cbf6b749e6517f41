"""Makes encrypted Home Assistant backups without any code of Sparekey's: hashlib, OpenSSL's command and the system's libsodium.

usage: home-assistant-backup.py VERSION KEY FILE
"""
import ctypes, ctypes.util, gzip, hashlib, io, json, os, subprocess, sys, tarfile

version, key, path = int(sys.argv[1]), sys.argv[2].encode(), sys.argv[3]

def tar_of(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w') as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name); info.size = len(content); tar.addfile(info, io.BytesIO(content))
    return out.getvalue()

def stretch(data):
    for _ in range(100): data = hashlib.sha256(data).digest()
    return data[:16]

def cbc(plain, salt):
    k = stretch(key)
    pad = 16 - len(plain) % 16
    command = ['openssl', 'enc', '-aes-128-cbc', '-nopad', '-K', k.hex(), '-iv', stretch(k + salt).hex()]
    return subprocess.run(command, input=plain + bytes([pad]) * pad, stdout=subprocess.PIPE, check=True).stdout

def start(number, size):
    return b'SecureTar' + bytes([number]) + bytes(6) + size.to_bytes(8, 'big') + bytes(8)

def secretstream(plain):
    sodium = ctypes.CDLL(ctypes.util.find_library('sodium') or 'libsodium.so.23')
    root_salt, check_salt, derivation_salt = os.urandom(16), os.urandom(16), os.urandom(16)
    root = ctypes.create_string_buffer(32)
    assert sodium.crypto_pwhash(root, ctypes.c_ulonglong(32), key, ctypes.c_ulonglong(len(key)), root_salt,
                                ctypes.c_ulonglong(8), ctypes.c_size_t(16 * 1024 * 1024), 2) == 0
    derive = lambda salt: hashlib.blake2b(b'', digest_size=32, key=root.raw, salt=salt, person=b'SecureTarv3'.ljust(16, b'\0')).digest()
    state, header = ctypes.create_string_buffer(64), ctypes.create_string_buffer(24)
    sodium.crypto_secretstream_xchacha20poly1305_init_push(state, header, derive(derivation_salt))
    out = [start(3, len(plain)), root_salt, check_salt, derive(check_salt), derivation_salt, header.raw]
    chunks = [plain[i:i + 2**20] for i in range(0, len(plain), 2**20)] or [b'']
    for index, chunk in enumerate(chunks):
        sealed = ctypes.create_string_buffer(len(chunk) + 17)
        tag = 3 if index == len(chunks) - 1 else 0
        sodium.crypto_secretstream_xchacha20poly1305_push(state, sealed, None, chunk, ctypes.c_ulonglong(len(chunk)),
                                                          None, ctypes.c_ulonglong(0), ctypes.c_ubyte(tag))
        out.append(sealed.raw)
    return b''.join(out)

plain = gzip.compress(tar_of({'data/configuration.yaml': b'default_config:\n', 'data/noise': bytes(range(256)) * 4096 + os.urandom(3_000_000)}), mtime=0)
salt = os.urandom(16)
sealed = {0: lambda: plain, 1: lambda: salt + cbc(plain, salt), 2: lambda: start(2, len(plain)) + salt + cbc(plain, salt), 3: lambda: secretstream(plain)}[version]()
facts = {'slug': f'abcd000{version}', 'name': f'Backup {version}', 'date': '2026-10-01T02:03:04+00:00', 'type': 'full',
         'protected': version > 0, 'compressed': True, 'crypto': 'aes128' if version > 0 else None}
with open(path, 'wb') as out:
    out.write(tar_of({'./backup.json': json.dumps(facts).encode(), './homeassistant.tar.gz': sealed}))
print(hashlib.sha256(plain).hexdigest())
