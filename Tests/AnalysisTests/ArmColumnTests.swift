import Analysis
import Testing

/// The columns that a rater must not see, by the words of their names.
@Suite struct ArmColumnTests {
  @Test(arguments: [
    "model", "model_name", "modelName", "MODEL-ID", "modelversion", "output_model", "outputModel",
    "basemodel", "llm", "llm_name", "output_model_id", "model_used", "model_a", "model2",
    "model_2", "provider", "api_provider", "provider_name", "vendor", "assigned_target",
    "served_target", "variant", "arm", "engine", "deployment_id", "candidate", "checkpoint",
  ])
  func `any word that names an arm does, wherever it stands`(column: String) {
    #expect(ArmColumn.isNamed(column))
  }

  @Test(arguments: [
    "output", "prompt", "input", "model_output", "candidate_answer", "target_language",
    "provider_notes", "engineering", "modeling", "remodel_advice", "answer",
  ])
  func `what is said by an arm, or of something else, does not`(column: String) {
    #expect(!ArmColumn.isNamed(column))
  }
}
