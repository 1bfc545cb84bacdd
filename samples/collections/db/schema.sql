/*
   Collections, schema for SQL Server 2019 (compatibility level 150).
   Run with sqlcmd against an empty database, see README.
*/
SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO

CREATE TABLE dbo.debtors (
    id            BIGINT IDENTITY(1,1) NOT NULL,
    full_name     NVARCHAR(200)        NOT NULL,
    tax_id        VARCHAR(20)          NOT NULL,
    email         NVARCHAR(254)        NULL,
    postal_address NVARCHAR(400)       NULL,
    created_at    DATETIME2(3)         NOT NULL CONSTRAINT DF_debtors_created_at DEFAULT SYSUTCDATETIME(),
    CONSTRAINT PK_debtors PRIMARY KEY CLUSTERED (id),
    CONSTRAINT UQ_debtors_tax_id UNIQUE (tax_id)
);
GO

CREATE TABLE dbo.accounts (
    id            BIGINT IDENTITY(1000,1) NOT NULL,
    debtor_id     BIGINT               NOT NULL,
    reference     VARCHAR(30)          NOT NULL,
    creditor      NVARCHAR(120)        NOT NULL,
    principal     DECIMAL(12,2)        NOT NULL,
    interest      DECIMAL(12,2)        NOT NULL CONSTRAINT DF_accounts_interest DEFAULT 0,
    paid          DECIMAL(12,2)        NOT NULL CONSTRAINT DF_accounts_paid DEFAULT 0,
    outstanding   AS (principal + interest - paid) PERSISTED,
    due_date      DATE                 NOT NULL,
    status        VARCHAR(10)          NOT NULL CONSTRAINT DF_accounts_status DEFAULT 'OPEN',
    row_version   INT                  NOT NULL CONSTRAINT DF_accounts_row_version DEFAULT 0,
    CONSTRAINT PK_accounts PRIMARY KEY CLUSTERED (id),
    CONSTRAINT UQ_accounts_reference UNIQUE (reference),
    CONSTRAINT FK_accounts_debtors FOREIGN KEY (debtor_id) REFERENCES dbo.debtors (id),
    CONSTRAINT CK_accounts_status CHECK (status IN ('OPEN', 'SETTLED', 'WRITTENOFF'))
);
GO

CREATE NONCLUSTERED INDEX IX_accounts_debtor ON dbo.accounts (debtor_id);
CREATE NONCLUSTERED INDEX IX_accounts_open_due
    ON dbo.accounts (due_date) INCLUDE (principal, interest, paid)
    WHERE status = 'OPEN';
GO

CREATE TABLE dbo.payments (
    id            BIGINT IDENTITY(1,1) NOT NULL,
    account_id    BIGINT               NOT NULL,
    amount        DECIMAL(12,2)        NOT NULL,
    method        VARCHAR(10)          NOT NULL,
    external_id   VARCHAR(60)          NOT NULL,
    received_at   DATETIME2(3)         NOT NULL,
    CONSTRAINT PK_payments PRIMARY KEY CLUSTERED (id),
    CONSTRAINT UQ_payments_external_id UNIQUE (external_id),
    CONSTRAINT FK_payments_accounts FOREIGN KEY (account_id) REFERENCES dbo.accounts (id),
    CONSTRAINT CK_payments_amount CHECK (amount > 0)
);
GO

CREATE NONCLUSTERED INDEX IX_payments_account ON dbo.payments (account_id, received_at DESC);
GO

CREATE TABLE dbo.communications (
    id            BIGINT IDENTITY(1,1) NOT NULL,
    account_id    BIGINT               NOT NULL,
    channel       VARCHAR(10)          NOT NULL,
    subject       NVARCHAR(200)        NOT NULL,
    body          NVARCHAR(MAX)        NOT NULL,
    status        VARCHAR(10)          NOT NULL CONSTRAINT DF_communications_status DEFAULT 'QUEUED',
    created_at    DATETIME2(3)         NOT NULL CONSTRAINT DF_communications_created_at DEFAULT SYSUTCDATETIME(),
    sent_at       DATETIME2(3)         NULL,
    CONSTRAINT PK_communications PRIMARY KEY CLUSTERED (id),
    CONSTRAINT FK_communications_accounts FOREIGN KEY (account_id) REFERENCES dbo.accounts (id),
    CONSTRAINT CK_communications_channel CHECK (channel IN ('EMAIL', 'LETTER'))
);
GO

CREATE NONCLUSTERED INDEX IX_communications_account ON dbo.communications (account_id, created_at DESC);
GO

/* One row per night: makes a second run on the same day a no-op. */
CREATE TABLE dbo.interest_runs (
    run_date      DATE                 NOT NULL,
    accounts      INT                  NOT NULL,
    CONSTRAINT PK_interest_runs PRIMARY KEY CLUSTERED (run_date)
);
GO

CREATE VIEW dbo.account_ageing
AS
SELECT id AS account_id,
       outstanding,
       DATEDIFF(DAY, due_date, GETDATE()) AS days_overdue
FROM dbo.accounts
WHERE status = 'OPEN';
GO

/* Called by the weekly SQL Server Agent job "Collections - purge communications". */
CREATE PROCEDURE dbo.purge_communications @keep_months INT = 72
AS
BEGIN
    SET NOCOUNT ON;
    DELETE FROM dbo.communications
    WHERE sent_at < DATEADD(MONTH, -@keep_months, SYSUTCDATETIME());
END;
GO
