import json
import os
import unittest
from unittest import mock

from notifications.worker import Worker

os.environ.setdefault("MAIL_FROM", "avisos@lemos-duarte.example")


def notice(number, case, text="Olá"):
    body = {"kind": "hearing", "to": "ana@example.org", "case": case, "text": text}
    return {"MessageId": str(number), "ReceiptHandle": f"r{number}", "Body": json.dumps(body), "Attributes": {"MessageGroupId": case}}


class WorkerTest(unittest.TestCase):
    def test_a_notice_that_fails_holds_back_its_case_and_no_other(self):
        queue = mock.Mock()
        queue.receive_message.return_value = {"Messages": [notice(1, "A"), notice(2, "A"), notice(3, "B")]}
        deliver = mock.Mock(side_effect=[OSError("no server"), None])
        Worker(queue, "https://queue.fifo", deliver).step()
        queue.delete_message.assert_called_once_with(QueueUrl="https://queue.fifo", ReceiptHandle="r3")


if __name__ == "__main__":
    unittest.main()
