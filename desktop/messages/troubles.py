"""Words for what the world does to us: disk, store, keyring, documents, network, and the server's own answers."""

from collections.abc import Mapping

from desktop.messages.words import Words

STORE: Mapping[str, Words] = {
    "no-room": Words(
        "The disk is full",
        "This change was not kept. What you typed is still on the screen.",
        "Free some space, empty the recycle bin for a start, then save again.",
    ),
    "disk-too-full": Words(
        "There is too little room for {name}",
        "Only {free_size} are free on this disk.",
        "Free some space, then add the document again.",
    ),
    "disk-fault": Words(
        "The disk could not be read or written",
        "This change was not kept. What you typed is still on the screen.",
        "Save again. If it stays like this, send what you can and have the disk looked at.",
    ),
    "store-busy": Words(
        "Another program is holding your cases",
        "A backup or a virus scan may be reading them.",
        "Wait a moment, then save again.",
    ),
    "store-damaged": Words(
        "Some of your cases on this device cannot be read",
        "The file they are in is damaged. What you have not sent is kept a second time beside it.",
        "Close Doorstep and open it again: it puts that file aside and fetches your cases once more.",
    ),
    "begun-anew": Words(
        "The file with your cases was damaged",
        "It was put aside, and your cases are fetched once more from the server."
        " What you had not sent was kept, and is sent with the rest.",
        "You need do nothing. If it happens again, have the disk of this device looked at.",
    ),
    "begun-anew-sign-in": Words(
        "The file with your cases was damaged",
        "It was put aside, and what you had not sent was kept.",
        "Sign in: your cases are fetched once more from the server, and what waits is sent.",
    ),
    "begun-anew-in-part": Words(
        "The file with your cases was damaged",
        "It was put aside, and your cases are fetched once more from the server."
        " Some of what you had not sent could not be read any more.",
        "Look for your latest changes once your cases are here, and enter again what is missing."
        " Tell your admin: the damaged file is kept on this device for 30 days.",
    ),
    "store-wrong-key": Words(
        "The key does not open your cases",
        "The key kept for this profile is another one.",
        "Sign in again with your passphrase, or ask your admin.",
    ),
    "store-from-newer-app": Words(
        "Your cases were last opened with a newer version of Doorstep",
        "",
        "Update Doorstep on this device, then open it again. Your work is safe.",
    ),
    "store-sqlite-too-old": Words(
        "This copy of Doorstep is put together wrongly",
        "Part of it is too old to keep your work safely, so it will not open.",
        "Install Doorstep again from your organisation.",
    ),
    "store-unreachable": Words("The database does not answer", "", "Try again in a minute, then ask your admin."),
    "store-fault": Words(
        "Your cases cannot be opened just now", "", "Close Doorstep and open it again, then ask your admin."
    ),
    "not-set-up-yet": Words(
        "Your cases are still on their way",
        "This device has not fetched its first ones yet.",
        "Connect to the internet and wait for them.",
    ),
    "profile-in-use": Words(
        "Doorstep is already open for you",
        "",
        "Go to its window, which is in front now. If you have just closed it, it still waits for the server:"
        " try again in a minute.",
    ),
}
KEYS: Mapping[str, Words] = {
    "keyring-none": Words(
        "This computer has no safe place for keys",
        "Your cases are encrypted here, and their key needs a home.",
        "Choose a passphrase. You will type it each time you open Doorstep.",
    ),
    "keyring-locked": Words(
        "This computer's keyring is locked",
        "The key to your cases is in it.",
        "Unlock it and try again, or use your passphrase.",
    ),
    "keyring-prompt-dismissed": Words(
        "The keyring was not unlocked",
        "Your system asked, and the question was closed.",
        "Try again and answer it, or use your passphrase.",
    ),
    "keyring-refused": Words(
        "This computer's keyring cannot be trusted with your key",
        "It would not keep it safely.",
        "Use a passphrase instead. You will type it each time you open Doorstep.",
    ),
    "key-missing": Words(
        "The key to your cases is not in the keyring any more",
        "It may have been removed, or the keyring was replaced.",
        "Open with your passphrase. Without one, sign in anew: what was sent comes back from the server.",
    ),
    "keys-damaged": Words(
        "The file with your keys is damaged",
        "Nothing has been deleted.",
        "Try the keyring. If that does not open your cases, sign in anew: what was sent comes back from the server.",
    ),
    "passphrase-wrong": Words("That is not the passphrase", "", "Check capital letters and spaces, then try again."),
    "passphrase-too-short": Words(
        "The passphrase is too short",
        "It needs at least 15 characters.",
        "Take four or five words that you can remember.",
    ),
    "passphrase-not-set": Words("No passphrase was ever set here", "", "Unlock this computer's keyring and try again."),
    "passphrase-needed": Words("Type your passphrase", "It opens your cases on this device.", "Then press Open."),
    "passphrases-differ": Words("The two passphrases are not the same", "", "Type it once more in both places."),
}
DOCUMENTS: Mapping[str, Words] = {
    "document-is-empty": Words(
        "{name} is empty", "There is nothing in the file.", "Check it where it lies, then add it again."
    ),
    "document-empty": Words(
        "{name} is empty", "There is nothing in the file.", "Check it where it lies, then add it again."
    ),
    "document-too-big": Words(
        "{name} is too big",
        "It has {size_size}, and at most {limit_size} can be kept.",
        "Make it smaller, or add it in parts.",
    ),
    "document-too-many": Words(
        "This case has as many documents as it can hold",
        "{name} was not added: a case holds up to {limit} documents.",
        "Put several pages into one file, or talk to your lead about opening a second case.",
    ),
    "document-vanished": Words(
        "{name} is not there any more",
        "It was moved, renamed or deleted before it could be read.",
        "Find it, then add it again.",
    ),
    "document-not-a-file": Words(
        "{name} is not a file", "It is a folder or something else.", "Open it and add the files in it."
    ),
    "document-cannot-be-read": Words(
        "{name} could not be read",
        "The system does not let Doorstep open it.",
        "Copy it to your desktop, then add the copy.",
    ),
    "document-changing": Words(
        "{name} was being written while it was read", "", "Close it in the other program, then add it again."
    ),
    "document-would-run": Words(
        "{name} is a program, not a document",
        "Opening it could harm this device.",
        "Ask whoever sent it for another kind of file.",
    ),
    "document-broken": Words(
        "The document did not arrive whole",
        "",
        "Open it again to fetch it once more. The copy on the server is not touched.",
    ),
    "paper-unreadable": Words(
        "A document's copy on this device is damaged",
        "The server does not have it yet, so it cannot be fetched again.",
        "Add the same file again from where it came: it takes the place of the damaged copy.",
    ),
    "download-not-as-promised": Words(
        "The document did not arrive whole",
        "",
        "Open it again to fetch it once more. The copy on the server is not touched.",
    ),
    "document-not-here": Words(
        "The document is not on this device yet", "", "Connect to the internet; it is fetched when you open it."
    ),
}
SYNC: Mapping[str, Words] = {
    "clock-off": Words(
        "This device's clock is {off}",
        "What you write down is kept, and marked where others read it; days that work is due may look wrong to you.",
        "Set date, time and time zone of this device right. Doorstep notices it by itself.",
    ),
    "offline": Words(
        "No connection to the server",
        "You can carry on: everything is kept on this device.",
        "It is sent when you are back online.",
    ),
    "not-our-server": Words(
        "Something else answered instead of the server",
        "This may be a network that wants you to sign in first, or another address.",
        "Open a web page to sign in to the network, then try again. Or check the server's address.",
    ),
    "signed-out": Words(
        "Sign in to send", "Your work is kept on this device.", "Sign in with your password; then it is sent."
    ),
    "sign-in-needed": Words(
        "Sign in to send", "Your work is kept on this device.", "Sign in with your password; then it is sent."
    ),
    "locked-out": Words(
        "This device may not sync any more",
        "Your access or this device was ended at the office.",
        "Ask your admin. What was not sent is still on this device.",
    ),
    "access-ended": Words(
        "Your access has ended",
        "What you had not sent was handed over first. The cases are no longer on this device.",
        "Ask your admin if this is a mistake.",
    ),
    "device-lost": Words(
        "This device was reported lost",
        "What was not sent is with the office now. Nothing else is left on this device.",
        "Give it to your admin.",
    ),
    "lease-over": Words(
        "This device has not met the server for too long",
        "Everything on it is safe, and locked until it has.",
        "Connect to the internet; it opens by itself.",
    ),
    "out-of-date": Words(
        "This version of Doorstep is too old or too new for the server",
        "What you write is sent all the same. What others write does not come in.",
        "Update Doorstep, or ask your admin to update the server.",
    ),
    "diverged": Words(
        "The server's history is not the one that this device knows",
        "It may have been set up anew or restored. Nothing is deleted here.",
        "It is tried again by itself. If it stays so, tell your admin.",
    ),
    "forked": Words(
        "There is a copy of this device",
        "The server met the same device twice, as after a restore of this computer. Nothing is deleted here.",
        "It is tried again by itself. If it stays so, tell your admin.",
    ),
    "too-far-back": Words(
        "This device was away for long",
        "All your cases are being compared with the server's. Your work is safe.",
        "It is tried again by itself.",
    ),
    "too-much-goes": Words(
        "The server says that most of your cases are gone",
        "That is not believed before it is certain. Nothing was taken away, and what you do is still sent.",
        "Tell your admin.",
    ),
    "not-in-step": Words(
        "Some cases here differ from the server's",
        "They were fetched once more, and still differ. Your work is safe.",
        "It is tried again by itself. If it stays so, tell your admin.",
    ),
    "too-large": Words("A change is too large to send in one piece", "", "It is sent in smaller pieces next time."),
    "server-busy": Words("The server is busy", "", "It is tried again by itself in a moment."),
    "server-fault": Words(
        "The server could not answer",
        "The fault is there, not here.",
        "It is tried again by itself. If it stays so, tell your admin.",
    ),
    "sync-fault": Words("Sending stopped", "Your work is kept on this device.", "It is tried again by itself."),
    "stopped": Words(
        "Sending was stopped", "Your work is kept on this device.", "It goes on when Doorstep is open again."
    ),
    "sync-broke": Words(
        "Sending stopped because of a fault in Doorstep",
        "Your work is kept on this device, and a report was written.",
        "It is tried again in a minute. Send the report to your admin.",
    ),
    "not-shown": Words(
        "Something that you saved is not on the screen",
        "It is kept on this device and is sent as always. The fault is in Doorstep.",
        "Tell your admin: {where}.",
    ),
    "not-understood": Words(
        "The server did not understand this app",
        "One of the two is older than the other.",
        "Update Doorstep, or tell your admin.",
    ),
    "not-found": Words(
        "The server does not have this",
        "It may have gone, or is not yours to see.",
        "Go back and look at what is there now.",
    ),
    "waits-for-earlier": Words(
        "This waits for an earlier change", "", "Nothing to do: it is taken as soon as that one has arrived."
    ),
    "waits-for-others": Words(
        "This waits for what somebody else said",
        "The server was put back to an earlier time, and their laptop has not sent theirs again yet.",
        "Nothing to do: it is taken as soon as theirs has arrived, and looked at without it after five days.",
    ),
    "server-could-not": Words(
        "The server could not take this in",
        "It is kept there whole, and tried again by itself after the server’s next update.",
        "Tell your admin, or keep it as a note.",
    ),
    "case-deleted": Words(
        "This case was deleted for good",
        "What was said about it since is kept whole, and changes nothing.",
        "Read it under Decisions; copy what you still need, then leave it.",
    ),
    "from-lost-device": Words(
        "This came from a device that was reported lost",
        "It is kept whole, and nothing of it was carried out.",
        "Ask its author whether it is theirs, then use it or leave it.",
    ),
    "too-many-waiting": Words(
        "The server is busy", "News take a little longer.", "Nothing to do: this device asks by itself."
    ),
    "id-used-twice": Words(
        "This change has the number of another one",
        "It is kept, and was not carried out.",
        "Do it once more; then keep this as a note or leave it.",
    ),
}
UPLOADS: Mapping[str, Words] = {
    "blob-gone": Words(
        "The server has lost this document",
        "The copy on this device is whole.",
        "Add it to the case once more, and tell your admin.",
    ),
    "blobs-unreachable": Words(
        "The server cannot reach its documents", "", "It is tried again by itself. If it stays so, tell your admin."
    ),
    "range-not-here": Words(
        "The document on the server is another one than expected", "", "Open it again to fetch it from its beginning."
    ),
    "chunk-damaged": Words("A piece of the document was damaged on the way", "", "It is sent again by itself."),
    "chunk-not-ours": Words(
        "The server expected another piece of the document", "", "It is sent again by itself from the beginning."
    ),
    "chunks-missing": Words("Pieces of the document did not arrive", "", "They are sent again by themselves."),
    "document-mismatch": Words(
        "The document arrived changed", "", "It is sent again by itself. If it stays so, add it to the case once more."
    ),
}
SIGN_IN: Mapping[str, Words] = {
    "sign-in-wrong": Words(
        "Name or password is not right",
        "",
        "Check capital letters and try again. An admin can give you a new one-time code.",
    ),
    "code-expired": Words("This one-time code has run out", "It was good for a day.", "Ask your admin for a new one."),
    "no-server": Words(
        "The server does not answer",
        "Either there is no network here, or the address is another one.",
        "Check the address and the network, then sign in again.",
    ),
    "too-many-tries": Words("Too many tries", "You can try again in {wait}.", "Wait a moment, then try again."),
    "device-of-another": Words(
        "This device is known as somebody else's", "", "Sign in as a new person on this device, or ask your admin."
    ),
    "password-too-short": Words(
        "The password is too short", "It needs at least {least} characters.", "Take three or four words."
    ),
    "password-too-long": Words("The password is too long", "", "Take a shorter one."),
    "password-too-common": Words(
        "Too many people use this password",
        "It would be guessed quickly.",
        "Take three or four words that do not belong together.",
    ),
    "passwords-differ": Words("The two passwords are not the same", "", "Type it once more in both places."),
    "not-an-address": Words(
        "This is not a server's address", "", "Type it as you were given it, such as doorstep.example.org."
    ),
    "field-missing": Words("Something is missing", "", "Fill in the address, your name and your password."),
}
PEOPLE: Mapping[str, Words] = {
    "username-taken": Words(
        "Somebody has this user name already", "", "Choose another one, such as with the first letter of the surname."
    ),
    "name-needed": Words("A name and a user name are needed", "Each may have up to 100 characters.", "Fill in both."),
    "last-admin": Words(
        "Somebody has to be admin", "Nobody would be left who can look after people.", "Make somebody else admin first."
    ),
    "needs-server": Words(
        "This needs the server", "It does not answer just now.", "Try again when you are online; what you typed stays."
    ),
    "not-allowed": Words("Only an admin can do this", "", "Ask an admin."),
}
OURS: Mapping[str, Words] = {
    "crash": Words(
        "Doorstep has made a mistake",
        "What you saved is safe. A report without any client's details was written: {name}.",
        "Send it to your admin. If something looks wrong, close Doorstep and open it again.",
    ),
    "crash-unwritten": Words(
        "Doorstep has made a mistake",
        "What you saved is safe. No report could be written.",
        "Tell your admin what you were doing. If something looks wrong, close Doorstep and open it again.",
    ),
}
TROUBLES: Mapping[str, Words] = {**OURS, **STORE, **KEYS, **DOCUMENTS, **SYNC, **UPLOADS, **SIGN_IN, **PEOPLE}
