INSERT INTO debtors (full_name, tax_id, email, postal_address) VALUES
    ('Marta Ferrer', 'X1234567L', 'marta.ferrer@example.org', 'C/ Mayor 12, 28013 Madrid'),
    ('Talleres Ibai S.L.', 'B95000001', NULL, 'Poligono Ugaldeguren 3, 48170 Zamudio');

INSERT INTO accounts (debtor_id, reference, creditor, principal, interest, paid, due_date) VALUES
    (1, 'ENER-2023-00017', 'Energia del Norte', 1240.50, 31.20, 200.00, DATEADD(DAY, -45, CURRENT_DATE)),
    (2, 'LEAS-2022-00005', 'Leasing Iberia', 18500.00, 912.44, 5000.00, DATEADD(DAY, -210, CURRENT_DATE));

INSERT INTO payments (account_id, amount, method, external_id, received_at) VALUES
    (1000, 200.00, 'CARD', 'PAY-000001', DATEADD(DAY, -12, CURRENT_TIMESTAMP)),
    (1001, 5000.00, 'TRANSFER', 'PAY-000002', DATEADD(DAY, -90, CURRENT_TIMESTAMP));
