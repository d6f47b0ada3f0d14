"""Reports of the public: anybody, without an account and without a name, says what is wrong and gets a receipt."""
