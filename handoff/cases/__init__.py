"""Cases (H42): one matter of one customer, from 接收 to 归档, however many conversations and channels it takes.

states: the pure state machine · matching: which open case a contact belongs to · rows: reading, locking, moving ·
opening: a contact opens a case or joins one · following: what happens in a conversation moves its case.
"""
