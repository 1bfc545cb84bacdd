-- MySQL dump 10.13  Distrib 8.0.36
--
-- Host: localhost    Database: shop
-- Server version	8.0.36

/*!40101 SET NAMES utf8mb4 */;
CREATE TABLE `t` (
  `id` int unsigned NOT NULL AUTO_INCREMENT,
  `gen` int GENERATED ALWAYS AS ((`id` * 2)) VIRTUAL,
  `inv` int DEFAULT NULL /*!80023 INVISIBLE */,
  `e` enum('a','b;''c') DEFAULT 'a',
  PRIMARY KEY (`id`),
  UNIQUE KEY `u` (`gen`),
  KEY `k` (`inv`(10) DESC),
  CONSTRAINT `fk` FOREIGN KEY (`inv`) REFERENCES `o` (`id`) ON DELETE CASCADE
) ENGINE=MyISAM AUTO_INCREMENT=12 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
/*!50100 PARTITION BY RANGE (`id`)
(PARTITION p0 VALUES LESS THAN (10) ENGINE = InnoDB) */;
CREATE TABLE `o` (
  `id` int NOT NULL,
  `note` mediumtext
) ENGINE=InnoDB;
INSERT INTO `o` VALUES (1,'it\'s (one), two'),(2,NULL),(3,'x;y');
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`r`@`l`*/ /*!50003 TRIGGER `tr` BEFORE INSERT ON `o` FOR EACH ROW BEGIN SET NEW.id = 1; END */;;
DELIMITER ;
