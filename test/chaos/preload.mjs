/** What NODE_OPTIONS asks for in the name of the function, and what would end the extension if it were loaded there. */
process.exit(78);
