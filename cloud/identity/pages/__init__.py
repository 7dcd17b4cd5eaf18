"""The pages for people: sign in, register, let a desktop in, mind the account. They ask the facade, as routes do."""
