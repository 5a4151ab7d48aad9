package auth

import "crypto/subtle"

// VerifyPassword reports whether the password a user typed at login has the stored hash.
func VerifyPassword(typed string, salt, stored []byte) bool {
	return subtle.ConstantTimeCompare(derive(typed, salt), stored) == 1
}

// derive stretches a password with its salt into a hash.
func derive(password string, salt []byte) []byte {
	sum := append([]byte(nil), salt...)
	for i := range password {
		sum = append(sum, password[i])
	}
	return sum
}
