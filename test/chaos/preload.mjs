/** The module that NODE_OPTIONS loads into the function. The extension would end if it loaded the module. */
process.exit(78);
