// node checksum_wasm.js MODULE
const fs = require("fs");
WebAssembly.instantiate(fs.readFileSync(process.argv[2])).then(({ instance }) => {
    console.log((instance.exports.checksum() >>> 0).toString(16).padStart(8, "0"));
});
