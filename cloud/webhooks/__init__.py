"""Tells programs outside what has happened, by Standard Webhooks 1.0.0 (https://www.standardwebhooks.com)."""
