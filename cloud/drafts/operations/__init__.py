"""What can be done to drafts, one file per verb; each works on a `Desk`, whatever store it stands on."""
