package queue

import "whydenied/internal/awserr"

// failures words the errors of SQS. Some codes have two spellings, by the
// protocol in which the answer came.
func failures() *awserr.Service {
	const (
		noQueue = "there is no such queue"
		noKey   = "kms:GenerateDataKey or kms:Decrypt is not allowed on the queue's key"
		busyKey = "the queue's key takes no more at this moment; try again"
	)
	return &awserr.Service{Name: "SQS", Codes: map[string]string{
		"QueueDoesNotExist": noQueue, "AWS.SimpleQueueService.NonExistentQueue": noQueue,
		"KmsAccessDenied": noKey, "KMS.AccessDeniedException": noKey,
		"KmsThrottled": busyKey, "KMS.ThrottlingException": busyKey,
	}}
}
