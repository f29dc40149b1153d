// Says who the Go SDK is by its default chain: once, or with an argument for each line that it is sent.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func whoami(client *sts.Client) (string, error) {
	identity, err := client.GetCallerIdentity(context.Background(), &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", err
	}
	return *identity.Account + " " + *identity.Arn, nil
}

func main() {
	settings, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	client := sts.NewFromConfig(settings)
	if len(os.Args) < 2 {
		identity, err := whoami(client)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(identity)
		return
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		identity, err := whoami(client)
		if err != nil {
			first, _, _ := strings.Cut(err.Error(), "\n")
			identity = "error: " + first
		}
		fmt.Println(identity)
	}
}
