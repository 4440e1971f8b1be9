/* The authority of all simulated clusters. Nobody has its key. */
#pragma once

#define CA_PEM                                                                                                         \
	"-----BEGIN CERTIFICATE-----\n"                                                                                \
	"MIIBozCCAUmgAwIBAgIUVfed0MqbY2OpCoxp4rPjWcPTBKcwCgYIKoZIzj0EAwIw\n"                                           \
	"JjEkMCIGA1UEAwwbYSBjbHVzdGVyIG9mIHRoZSBzaW11bGF0aW9uMCAXDTI2MTEy\n"                                           \
	"OTExMTUyM1oYDzIxMjYxMTA1MTExNTIzWjAmMSQwIgYDVQQDDBthIGNsdXN0ZXIg\n"                                           \
	"b2YgdGhlIHNpbXVsYXRpb24wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQ1YH56\n"                                           \
	"tkDxYdHQjIb5BZsnBxYMLNcX88bqJBKstYZ4/r4HE70PyvpQF/b7hmx4pAJg7qPo\n"                                           \
	"Zx3J9EPbRUaq8kvKo1MwUTAdBgNVHQ4EFgQUt1PfMg2gGswdFXEJ0Spx4W64l80w\n"                                           \
	"HwYDVR0jBBgwFoAUt1PfMg2gGswdFXEJ0Spx4W64l80wDwYDVR0TAQH/BAUwAwEB\n"                                           \
	"/zAKBggqhkjOPQQDAgNIADBFAiASZ5fc8Rm2YFR0g2T1HywYg4U/UeWDErbMmS00\n"                                           \
	"K3fR8QIhAK7Kp7iDiJSLWYVGbLmm4REO2CBcrHECTH1qyG/oiMfy\n"                                                       \
	"-----END CERTIFICATE-----\n"
