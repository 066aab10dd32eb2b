"""How fast the officers' console is with years of work in it: pages, live news, memory."""
