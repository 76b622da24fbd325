"""How the commands draw: the interview's two faces, the pager, progress, and answers to confirm."""
