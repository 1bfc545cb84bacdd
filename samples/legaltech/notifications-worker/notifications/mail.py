"""A notice as a mail."""

import os
import smtplib
from email.message import EmailMessage

SUBJECTS = {
    "hearing": "Audiência marcada no processo {case}",
    "deadline": "Prazo vencendo no processo {case}",
    "signed": "Documento assinado no processo {case}",
}


def message(notice):
    mail = EmailMessage()
    mail["From"] = os.environ["MAIL_FROM"]
    mail["To"] = notice["to"]
    mail["Subject"] = SUBJECTS[notice["kind"]].format(case=notice["case"])
    mail.set_content(notice["text"])
    return mail


def send(mail):
    with smtplib.SMTP(os.environ["SMTP_HOST"], int(os.environ.get("SMTP_PORT", "587")), timeout=30) as server:
        server.starttls()
        if os.environ.get("SMTP_USER"):
            server.login(os.environ["SMTP_USER"], os.environ["SMTP_PASSWORD"])
        server.send_message(mail)
