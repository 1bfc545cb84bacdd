package com.example.collections.payments;

import java.util.List;
import java.util.Optional;
import org.springframework.data.jpa.repository.JpaRepository;

interface PaymentRepository extends JpaRepository<Payment, Long> {

    List<Payment> findByAccount_IdOrderByReceivedAtDesc(long accountId);

    Optional<Payment> findByExternalId(String externalId);
}
