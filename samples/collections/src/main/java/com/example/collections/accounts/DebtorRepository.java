package com.example.collections.accounts;

import java.util.Optional;
import org.springframework.data.jpa.repository.JpaRepository;

interface DebtorRepository extends JpaRepository<Debtor, Long> {

    Optional<Debtor> findByTaxId(String taxId);
}
