// nodemailer with a pool and a personalised message for each reader.
// usage: node peer_nodemailer.js HOST PORT TEXT_FILE HTML_FILE COUNT CONNECTIONS [DKIM_KEY]
const fs = require("fs");
const path = require("path");
const nodemailer = require(path.join(__dirname, "..", "browser", "node_modules", "nodemailer"));

const [host, port, textFile, htmlFile, count, connections, dkimKey] = process.argv.slice(2);
const text = fs.readFileSync(textFile, "utf8");
const html = fs.readFileSync(htmlFile, "utf8");
const options = {
    host, port: Number(port), pool: true, maxConnections: Number(connections), maxMessages: Infinity,
    ignoreTLS: true,
};
if (dkimKey) {
    options.dkim = { domainName: "example.org", keySelector: "bench", privateKey: fs.readFileSync(dkimKey, "utf8") };
}
const transport = nodemailer.createTransport(options);
let next = 0;

async function lane() {
    while (next < Number(count)) {
        const i = next++;
        await transport.sendMail({
            from: "Verdicts <news@example.org>",
            to: `Reader ${i} <reader${i}@example.org>`,
            subject: "The week's verdicts",
            envelope: { from: `bounces+${i}@example.org`, to: `reader${i}@example.org` },
            headers: { "List-Unsubscribe": `<https://news.example.org/leave/${i}>` },
            text: text.replaceAll("reader@example.org", `reader${i}@example.org`),
            html: html.replaceAll("reader@example.org", `reader${i}@example.org`),
        });
    }
}

Promise.all(Array.from({ length: Number(connections) * 2 }, lane)).then(() => transport.close());
