"""Python's smtplib with a personalised message for each reader, one connection.

usage: peer_smtplib.py HOST PORT TEXT_FILE HTML_FILE COUNT
"""

import sys
from email.message import EmailMessage
from smtplib import SMTP

host, port, text_file, html_file, count = sys.argv[1:6]
text = open(text_file, encoding="utf-8").read()
html = open(html_file, encoding="utf-8").read()
with SMTP(host, int(port)) as smtp:
    for i in range(int(count)):
        message = EmailMessage()
        message["From"] = "Verdicts <news@example.org>"
        message["To"] = f"Reader {i} <reader{i}@example.org>"
        message["Subject"] = "The week's verdicts"
        message["List-Unsubscribe"] = f"<https://news.example.org/leave/{i:040d}>"
        message.set_content(text.replace("reader@example.org", f"reader{i}@example.org"))
        message.add_alternative(html.replace("reader@example.org", f"reader{i}@example.org"), subtype="html")
        smtp.send_message(message, from_addr=f"bounces+{i}@example.org")
