"""For each container of a profile of Firefox, by name, the role whose console its cookies open.

Arguments: the profile, the console's address, how many cookies there have to be. The browser writes its files a moment
later, and keeps the cookies' file to itself.
"""
import glob
import json
import os
import re
import shutil
import sqlite3
import sys
import tempfile
import time
import urllib.request

profile, page, wanted = sys.argv[1:]
QUERY = "select name, value, originAttributes from moz_cookies where name like 'console-session-%'"


def cookies():
    with tempfile.TemporaryDirectory() as copy:
        for file in glob.glob(profile + "/cookies.sqlite*"):
            shutil.copy(file, copy)
        try:
            return sqlite3.connect(copy + "/cookies.sqlite").execute(QUERY).fetchall()
        except sqlite3.Error:
            return []


def names():
    if not os.path.exists(profile + "/containers.json"):
        return {"": "-"}
    with open(profile + "/containers.json") as containers:
        known = json.load(containers)["identities"]
    return {"": "-"} | {f"^userContextId={one['userContextId']}": one.get("name") for one in known}


while len(found := cookies()) < int(wanted) or any(attributes not in names() for *_, attributes in found):
    time.sleep(0.1)
shown = []
for name, value, attributes in found:
    request = urllib.request.Request(page, headers={"Cookie": f"{name}={value}"})
    text = urllib.request.urlopen(request).read().decode()
    [role] = re.findall("AdministratorAccess|ReadOnlyAccess", text)
    shown.append(f"{names()[attributes]} {role}")
print("\n".join(sorted(shown)))
