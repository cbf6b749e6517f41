"""The owner of a folder, who replaces what is finished in it by links: replacing-owner.py FOLDER OUTSIDE.

Runs as another user, until it is ended. Every folder that appears is moved aside and becomes a link to OUTSIDE's folder
of the same name, every file a link to OUTSIDE/secret.
"""

import os
import sys

folder, outside = sys.argv[1:]
os.setgid(12345)
os.setuid(12345)
os.chdir(folder)
print('ready', flush=True)
replaced = set()
while True:
    for entry in os.scandir('.'):
        name = entry.name
        if name in replaced or name.startswith(('.', 'sparekey')) or name.endswith('.moved'):
            continue
        goal = os.path.join(outside, name) if entry.is_dir(follow_symlinks=False) else os.path.join(outside, 'secret')
        try:
            os.rename(name, name + '.moved')
            os.symlink(goal, name)
        except OSError:
            continue
        replaced.add(name)
