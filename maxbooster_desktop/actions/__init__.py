"""Every user-visible verb, declared once; menus, shortcuts and the palette are generated from it."""
