"""Takes notices from the FIFO queue and mails them, until it is told to stop."""

import json
import logging
import os
import signal
import time

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from notifications.mail import message, send

log = logging.getLogger("notifications")
WAIT_SECONDS = int(os.environ.get("WAIT_SECONDS", "20"))
LONGEST_PAUSE_SECONDS = 60


class Worker:
    def __init__(self, queue, queue_url, deliver=send):
        self.queue = queue
        self.queue_url = queue_url
        self.deliver = deliver
        self.stopping = False

    def stop(self, *_):
        self.stopping = True

    def run(self):
        pause = 1
        while not self.stopping:
            try:
                self.step()
                pause = 1
            except (BotoCoreError, ClientError) as error:
                log.warning("the queue does not answer, next try in %d s: %s", pause, error)
                time.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def step(self):
        """One batch. A notice that fails stays in the queue, and those behind it in its case (the group) with it."""
        answer = self.queue.receive_message(
            QueueUrl=self.queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=WAIT_SECONDS, AttributeNames=["MessageGroupId"]
        )
        held = set()
        for received in answer.get("Messages", []):
            group = received["Attributes"]["MessageGroupId"]
            if group in held:
                continue
            try:
                self.deliver(message(json.loads(received["Body"])))
            except (OSError, ValueError, KeyError) as error:
                log.error("notice %s of %s was not sent: %r", received["MessageId"], group, error)
                held.add(group)
                continue
            self.queue.delete_message(QueueUrl=self.queue_url, ReceiptHandle=received["ReceiptHandle"])


def main():
    logging.basicConfig(level=logging.INFO)
    worker = Worker(boto3.client("sqs", region_name=os.environ["AWS_REGION"]), os.environ["QUEUE_URL"])
    signal.signal(signal.SIGTERM, worker.stop)
    log.info("waiting for notices")
    worker.run()


if __name__ == "__main__":
    main()
