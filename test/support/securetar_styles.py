"""Encrypts as Home Assistant's archiver does, without any code of it or of Sparekey: hashlib, OpenSSL's command and the system's libsodium."""
import ctypes, ctypes.util, hashlib, os, subprocess

def stretch(data):
    for _ in range(100): data = hashlib.sha256(data).digest()
    return data[:16]

def padding(length):
    count = 16 - length % 16
    return bytes([count]) * count

def cbc(key, salt, padded):
    k = stretch(key)
    command = ['openssl', 'enc', '-aes-128-cbc', '-nopad', '-K', k.hex(), '-iv', stretch(k + salt).hex()]
    return subprocess.run(command, input=padded, stdout=subprocess.PIPE, check=True).stdout

def start(number, size):
    return b'SecureTar' + bytes([number]) + bytes(6) + size.to_bytes(8, 'big') + bytes(8)

# Each takes the pieces that tarfile writes one after the other, and gives the whole archive.

def v1(key, pieces):
    """Up to 2024.11: each piece is padded by itself, unless it needs no padding."""
    salt = os.urandom(16)
    return salt + cbc(key, salt, b''.join(p + (padding(len(p)) if len(p) % 16 else b'') for p in pieces))

def padded_v1(key, pieces):
    """2025.1.0 to 2025.1.2: padded once, at the end; nothing stands before the salt."""
    salt, plain = os.urandom(16), b''.join(pieces)
    return salt + cbc(key, salt, plain + padding(len(plain)))

def short_v2(key, pieces):
    """2025.1.3 to 2025.2.1: the size leaves out all of the last block, not only its padding."""
    return v2(key, pieces, sum(map(len, pieces)) // 16 * 16)

def v2(key, pieces, claimed=None):
    salt, plain = os.urandom(16), b''.join(pieces)
    return start(2, len(plain) if claimed is None else claimed) + salt + cbc(key, salt, plain + padding(len(plain)))

roots = {}

def v3(key, pieces, claimed=None):
    plain = b''.join(pieces)
    sodium = ctypes.CDLL(ctypes.util.find_library('sodium') or 'libsodium.so.23')
    if key not in roots:
        root, root_salt = ctypes.create_string_buffer(32), os.urandom(16)
        assert sodium.crypto_pwhash(root, ctypes.c_ulonglong(32), key, ctypes.c_ulonglong(len(key)), root_salt,
                                    ctypes.c_ulonglong(8), ctypes.c_size_t(16 * 1024 * 1024), 2) == 0
        roots[key] = root.raw, root_salt
    root, root_salt = roots[key]
    check_salt, derivation_salt = os.urandom(16), os.urandom(16)
    derive = lambda salt: hashlib.blake2b(b'', digest_size=32, key=root, salt=salt, person=b'SecureTarv3'.ljust(16, b'\0')).digest()
    state, header = ctypes.create_string_buffer(64), ctypes.create_string_buffer(24)
    sodium.crypto_secretstream_xchacha20poly1305_init_push(state, header, derive(derivation_salt))
    out = [start(3, len(plain) if claimed is None else claimed), root_salt, check_salt, derive(check_salt), derivation_salt, header.raw]
    chunks = [plain[i:i + 2**20] for i in range(0, len(plain), 2**20)] or [b'']
    for index, chunk in enumerate(chunks):
        sealed = ctypes.create_string_buffer(len(chunk) + 17)
        tag = 3 if index == len(chunks) - 1 else 0
        sodium.crypto_secretstream_xchacha20poly1305_push(state, sealed, None, chunk, ctypes.c_ulonglong(len(chunk)),
                                                          None, ctypes.c_ulonglong(0), ctypes.c_ubyte(tag))
        out.append(sealed.raw)
    return b''.join(out)
