-- The tables of db/schema.sql for H2 in MSSQLServer mode. Keep both in step.
CREATE TABLE debtors (
    id             BIGINT IDENTITY(1,1) PRIMARY KEY,
    full_name      NVARCHAR(200) NOT NULL,
    tax_id         VARCHAR(20)   NOT NULL UNIQUE,
    email          NVARCHAR(254),
    postal_address NVARCHAR(400),
    created_at     DATETIME2(3)  DEFAULT CURRENT_TIMESTAMP NOT NULL
);

CREATE TABLE accounts (
    id          BIGINT IDENTITY(1000,1) PRIMARY KEY,
    debtor_id   BIGINT        NOT NULL REFERENCES debtors (id),
    reference   VARCHAR(30)   NOT NULL UNIQUE,
    creditor    NVARCHAR(120) NOT NULL,
    principal   DECIMAL(12,2) NOT NULL,
    interest    DECIMAL(12,2) DEFAULT 0 NOT NULL,
    paid        DECIMAL(12,2) DEFAULT 0 NOT NULL,
    outstanding DECIMAL(14,2) GENERATED ALWAYS AS (principal + interest - paid),
    due_date    DATE          NOT NULL,
    status      VARCHAR(10)   DEFAULT 'OPEN' NOT NULL,
    row_version INT           DEFAULT 0 NOT NULL
);

CREATE TABLE payments (
    id          BIGINT IDENTITY(1,1) PRIMARY KEY,
    account_id  BIGINT        NOT NULL REFERENCES accounts (id),
    amount      DECIMAL(12,2) NOT NULL CHECK (amount > 0),
    method      VARCHAR(10)   NOT NULL,
    external_id VARCHAR(60)   NOT NULL UNIQUE,
    received_at DATETIME2(3)  NOT NULL
);

CREATE TABLE communications (
    id         BIGINT IDENTITY(1,1) PRIMARY KEY,
    account_id BIGINT        NOT NULL REFERENCES accounts (id),
    channel    VARCHAR(10)   NOT NULL,
    subject    NVARCHAR(200) NOT NULL,
    body       CLOB          NOT NULL,
    status     VARCHAR(10)   DEFAULT 'QUEUED' NOT NULL,
    created_at DATETIME2(3)  DEFAULT CURRENT_TIMESTAMP NOT NULL,
    sent_at    DATETIME2(3)
);

CREATE TABLE interest_runs (
    run_date DATE PRIMARY KEY,
    accounts INT NOT NULL
);

CREATE VIEW account_ageing AS
SELECT id AS account_id, outstanding, DATEDIFF(DAY, due_date, GETDATE()) AS days_overdue
FROM accounts
WHERE status = 'OPEN';
