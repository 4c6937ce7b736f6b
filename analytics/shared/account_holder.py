"""How the holder of an account is named where accounts and entities meet: on *Money* and on *Network*."""

# SQL, of a row of the table account.
MENTION_OF_HOLDER = "'person:account/' || source_id || '/' || row_number || '/holder'"
