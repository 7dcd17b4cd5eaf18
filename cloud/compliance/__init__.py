"""What laws and standards ask of the cloud: ASVS, personal data, how long things are kept."""
