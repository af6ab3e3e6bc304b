"""The object-store kit gives a real store that keeps bytes and refuses strangers."""

from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from tests.kit_s3 import ObjectStore, s3_client


def test_that_bytes_come_back_as_they_were_put(s3_store: ObjectStore) -> None:
    client = s3_client(s3_store)
    client.put_object(Bucket=s3_store.bucket, Key="åäö/bill.pdf", Body=b"%PDF-1.7 bill")
    assert client.get_object(Bucket=s3_store.bucket, Key="åäö/bill.pdf")["Body"].read() == b"%PDF-1.7 bill"


def test_that_each_test_gets_an_empty_bucket(s3_store: ObjectStore) -> None:
    assert "Contents" not in s3_client(s3_store).list_objects_v2(Bucket=s3_store.bucket)


def test_that_a_wrong_secret_is_refused(s3_store: ObjectStore) -> None:
    stranger = s3_client(replace(s3_store, secret_key="guessed"))
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        stranger.put_object(Bucket=s3_store.bucket, Key="bill.pdf", Body=b"bill")
