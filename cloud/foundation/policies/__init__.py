"""Who may do what, in Cedar: `schema.cedarschema` says what there is, `*.cedar` what is permitted, and no more."""
