/* Test data for integration and training databases. Not for production. */
SET NOCOUNT ON;
-- sqlcmd defaults to OFF, the filtered index and the computed column need ON
SET QUOTED_IDENTIFIER ON;
GO

INSERT INTO dbo.debtors (full_name, tax_id, email, postal_address) VALUES
    (N'Marta Ferrer Núñez', 'X1234567L', N'marta.ferrer@example.org', N'C/ Mayor 12, 28013 Madrid'),
    (N'John O''Dowd',       'X7654321T', N'john.odowd@example.org',   N'4 Quay Street, Galway'),
    (N'Talleres Ibai S.L.', 'B95000001', NULL,                        N'Polígono Ugaldeguren 3, 48170 Zamudio');
GO

INSERT INTO dbo.accounts (debtor_id, reference, creditor, principal, interest, paid, due_date)
SELECT d.id, v.reference, v.creditor, v.principal, v.interest, v.paid, DATEADD(DAY, -v.days_overdue, CAST(GETDATE() AS DATE))
FROM (VALUES
    ('X1234567L', 'ENER-2023-00017', N'Energía del Norte', 1240.50, 31.20,  200.00,  45),
    ('X7654321T', 'TELC-2024-00342', N'Telecable',          310.00,  0.00,    0.00,   9),
    ('B95000001', 'LEAS-2022-00005', N'Leasing Iberia',   18500.00, 912.44, 5000.00, 210)
) AS v (tax_id, reference, creditor, principal, interest, paid, days_overdue)
JOIN dbo.debtors AS d ON d.tax_id = v.tax_id;
GO

INSERT INTO dbo.payments (account_id, amount, method, external_id, received_at)
SELECT a.id, v.amount, v.method, v.external_id, DATEADD(DAY, -v.days_ago, SYSUTCDATETIME())
FROM (VALUES
    ('ENER-2023-00017',  200.00, 'CARD',     'PAY-000001', 12),
    ('LEAS-2022-00005', 5000.00, 'TRANSFER', 'PAY-000002', 90)
) AS v (reference, amount, method, external_id, days_ago)
JOIN dbo.accounts AS a ON a.reference = v.reference;
GO
