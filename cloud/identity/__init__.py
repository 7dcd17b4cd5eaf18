"""Who people are to the cloud: accounts, sessions, second factors, keys for programs. Others ask its facade."""
