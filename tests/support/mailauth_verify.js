// Verifies the DKIM signatures of messages with mailauth, offline.
// usage: node mailauth_verify.js RECORDS.json MESSAGE...
// Prints, for each message, a line of JSON: [{"algo", "result", "headers"}].
const fs = require("fs");
const path = require("path");
const { dkimVerify } = require(path.join(__dirname, "..", "browser", "node_modules", "mailauth", "lib", "dkim", "verify"));

const records = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const resolver = async (name, type) => {
    if (type === "TXT" && records[name]) {
        return [[records[name]]];
    }
    const error = new Error("no record");
    error.code = "ENOTFOUND";
    throw error;
};

(async () => {
    for (const file of process.argv.slice(3)) {
        const { results } = await dkimVerify(fs.readFileSync(file), { resolver, minBitLength: 1024 });
        console.log(JSON.stringify(results.map((one) => ({
            algo: one.algo, result: one.status.result, headers: one.signingHeaders && one.signingHeaders.keys,
        }))));
    }
})();
