"""What is kept, as the daily proofs say it: figures of each camera, system and organisation, and what the law says of them."""
