// Collectors
