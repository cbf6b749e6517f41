"""Reads decrypted backups to their ends with programs that are none of Sparekey's: GNU tar, gzip and Python's tarfile.

usage: judge-backups.py FOLDER EXPECTED.json

Prints what is wrong with each as JSON; nothing where all are sound and hold what they must.
"""
import hashlib, io, json, os, subprocess, sys, tarfile

folder, expected = sys.argv[1], json.load(open(sys.argv[2]))

def run(*command, data):
    done = subprocess.run(command, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.stdout, done.stderr.decode() or ('' if done.returncode == 0 else f'status {done.returncode}')

def fault_of(name, digest):
    whole = open(os.path.join(folder, name.replace('.tar', '.decrypted.tar')), 'rb').read()
    _, complaint = run('tar', '-t', data=whole)
    if complaint: return f'outer tar: {complaint}'
    with tarfile.open(fileobj=io.BytesIO(whole)) as outer:
        files = {member.name: outer.extractfile(member).read() for member in outer if member.isfile()}
        if any(key.startswith('_securetar') for member in outer for key in member.pax_headers): return 'moot records'
    if json.loads(files.pop('./backup.json'))['protected'] is not False: return 'protected'
    if len(files) != 2: return f'holds {list(files)}'
    for member, content in files.items():
        is_gzip = member.endswith('.gz')
        if is_gzip:
            _, complaint = run('gzip', '--test', '--verbose', data=content)
            if complaint.strip() != 'OK': return f'{member}: gzip: {complaint}'
        noise, complaint = run('tar', '-xzO' if is_gzip else '-xO', 'data/noise', data=content)
        if complaint: return f'{member}: tar: {complaint}'
        with tarfile.open(fileobj=io.BytesIO(content)) as inner:
            if inner.getnames() != ['data/configuration.yaml', 'data/noise']: return f'{member}: {inner.getnames()}'
        if 'homeassistant' in member and hashlib.sha256(noise).hexdigest() != digest: return f'{member}: other content'
    return None

faults = {}
for name, digest in expected.items():
    try: fault = fault_of(name, digest)
    except Exception as error: fault = repr(error)
    if fault: faults[name] = fault
print(json.dumps(faults))
