package com.example.collections.communications;

import java.time.LocalDateTime;
import java.util.List;
import org.springframework.data.jpa.repository.JpaRepository;

interface CommunicationRepository extends JpaRepository<Communication, Long> {

    List<Communication> findByAccount_IdOrderByCreatedAtDesc(long accountId);

    boolean existsByAccount_IdAndCreatedAtAfter(long accountId, LocalDateTime moment);
}
