"""Rooms: where the members of a shared project edit its document together, over WebSockets.

Read docs/sync-protocol.md for the messages and docs/decisions/0014 for why it is built so. `socket.py` is where a
client comes in, `room.py` hands on, `keeper.py` makes durable.
"""
